"""What the training scripts of both model families share: training, export, verification, gate report."""
