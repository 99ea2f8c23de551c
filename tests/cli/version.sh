mcpi --version
mcpi -V
