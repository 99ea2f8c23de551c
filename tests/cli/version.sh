mcpi --version
mcpi -V
mcpi version
mcpi run --version
