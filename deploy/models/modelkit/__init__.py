"""What the training scripts share: data, layers, training, export, verification, gate report."""
