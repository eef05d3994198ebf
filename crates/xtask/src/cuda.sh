# Builds target/cuda/release/earmark. Needs no GPU; running it needs the driver and the CUDA 13
# libraries (set LD_LIBRARY_PATH to their folder).
export CUDA_COMPUTE_CAP="${CUDA_COMPUTE_CAP:-90}" # 90: H100 and H200; 89: RTX 40; 86: RTX 30

if [ -z "${CUDA_HOME:-}" ]; then
  if [ ! -d .cuda ]; then
    python3 -m venv .cuda
    .cuda/bin/pip install --quiet \
      "nvidia-cuda-nvcc==13.0.*" "nvidia-cuda-runtime==13.0.*" "nvidia-cuda-crt==13.0.*" \
      "nvidia-nvvm==13.0.*" "nvidia-cuda-nvrtc==13.0.*" "nvidia-cuda-cccl==13.0.*" \
      "nvidia-cublas==13.*" "nvidia-curand==10.4.*"
  fi
  CUDA_HOME=$(echo "$PWD"/.cuda/lib/python3*/site-packages/nvidia/cu13)
  export CUDA_HOME
  ln -sfn lib "$CUDA_HOME/lib64"
  (
    cd "$CUDA_HOME/lib"
    # The wheels carry versioned names only; the linker wants plain ones.
    for file in *.so.1*; do
      case $file in *alt* | *builtins*) ;; *) ln -sf "$file" "${file%%.so.*}.so" ;; esac
    done
    # The driver library comes with the driver. An empty one satisfies the linker; it is never shipped.
    grep -ohE '\bcu[A-Z][A-Za-z0-9_]*(_v[0-9]+)?\b' ../include/cuda.h ../include/cudaTypedefs.h |
      sort -u | sed 's/.*/void &(void){}/' >stub.c
    gcc -shared -w -fno-builtin -Wl,-soname,libcuda.so.1 -o libcuda.so stub.c
  )
fi

PATH="$CUDA_HOME/bin:$PATH" LIBRARY_PATH="$CUDA_HOME/lib" \
  cargo build --release --package earmark-cli --features cuda --target-dir target/cuda
echo "built target/cuda/release/earmark" >&2
