import torch

# With networks this small, several threads would only wait for each other.
torch.set_num_threads(1)
