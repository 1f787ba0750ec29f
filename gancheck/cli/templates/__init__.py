"""What `gancheck new` writes: a small plug-in of each kind that works, and the test that goes with it.

`my-plugin`, `MyPlugin` and `my_plugin` stand for the names that are written instead.
"""
