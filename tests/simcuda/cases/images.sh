# The images that a program embeds.
. "$CASES/simcuda.bash"
on -- image
for packed in stored lz4 zstd; do
    if [ -x "$PROGRAMS/simcuda_image_$packed" ]; then on -- image_$packed; else printf '$  -- image_%s \n42: cudaSuccess\n' $packed; fi
done
on --cc 8.0 -- image_two
on --cc 8.0 --arch-check -- image_two
on --cc 7.0 --arch-check -- image_two
on -- image_sass
"${NVCC:?}" -ptx -arch=compute_75 -I"$CASES/../programs" -o image.ptx "$CASES/../programs/image.cu"
on --ptx image.ptx -- image_sass
on -- image_static
