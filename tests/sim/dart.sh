# The recount in docs/dart.md, which uses no code of mcpi, gives the golden count.
"${NVCC:?}" --version >/dev/null 2>&1 || { echo "no nvcc"; exit 77; }
sed -n '/^```cuda$/,/^```$/p' "$CASES/../../docs/dart.md" | sed '/^```/d' >recount.cu
"$NVCC" -cudart shared -gencode arch=compute_75,code=compute_75 -o recount recount.cu
"${SIMCUDA:?}" --preload -- ./recount
mcpi_says=$("$SIMCUDA" --preload -- "$(command -v mcpi)" -d gpu -n 1e6 --json | grep -oE '"hits":[0-9]+' | head -n 1)
echo "mcpi: $mcpi_says"
