// What Swift has no word for: a prefetch, the square roots of eight numbers in one instruction
// (`SIMD8.squareRoot()` computes lane by lane, with a branch to `sqrtf` for each), and which
// instructions the compiler was allowed.

typedef float autoloss_float8 __attribute__((ext_vector_type(8)));

static inline __attribute__((always_inline)) void autoloss_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}

static inline __attribute__((always_inline)) autoloss_float8
autoloss_square_root(autoloss_float8 lanes) {
  return __builtin_elementwise_sqrt(lanes);
}

// The level of x86-64 that this was compiled for; 0 for another kind of processor.
static inline int autoloss_x86_64_level(void) {
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)
  return 4;
#elif defined(__AVX2__) && defined(__FMA__)
  return 3;
#elif defined(__SSE4_2__)
  return 2;
#elif defined(__x86_64__)
  return 1;
#else
  return 0;
#endif
}
