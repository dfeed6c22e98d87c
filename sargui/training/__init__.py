"""Fourth floor: making checkpoints. Never imported by gui, cli or engine."""
