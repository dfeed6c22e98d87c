"""Ground floor: errors, types, radiometry, tiling and the checkpoint catalogue. No torch, no Qt, no files formats."""
