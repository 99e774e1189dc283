// What Swift has no word for: a prefetch, and the square roots of eight numbers in one instruction
// (`SIMD8.squareRoot()` computes lane by lane, with a branch to `sqrtf` for each).

typedef float autoloss_float8 __attribute__((ext_vector_type(8)));

static inline __attribute__((always_inline)) void autoloss_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}

static inline __attribute__((always_inline)) autoloss_float8
autoloss_square_root(autoloss_float8 lanes) {
  return __builtin_elementwise_sqrt(lanes);
}
