"""What moved what: reactions, explanations, claims held against the bars."""
