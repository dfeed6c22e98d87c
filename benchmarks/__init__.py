"""How well and how fast: rate and distortion against other codecs, and the speed of the whole program."""
