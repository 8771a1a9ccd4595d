"""Learning the weights of the rules from labelled texts."""
