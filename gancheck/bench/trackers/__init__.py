"""Where the numbers of runs go beside the results folder: TensorBoard, or a tracker of the user's."""
