mcpi --help
