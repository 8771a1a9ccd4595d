"""The bundled episode, served on loopback and replayed through the pipeline everyone uses."""
