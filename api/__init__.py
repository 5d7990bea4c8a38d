"""Thin faces over one service: the command line and the web speak, the engine thinks."""
