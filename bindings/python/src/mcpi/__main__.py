"""python -m mcpi: the program mcpi, also where its folder is not on the PATH."""
from mcpi.command import main

main()
