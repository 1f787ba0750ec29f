"""Files, devices, folders of the installation."""
