"""Reading what people bring: arrays, tables, folders of images, generators; nothing is ever unpickled."""
