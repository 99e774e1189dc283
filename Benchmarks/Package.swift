// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "autoloss-benchmarks",
  dependencies: [
    .package(name: "autoloss", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .executableTarget(
      name: "step-benchmark",
      dependencies: [
        .product(name: "AutolossParts", package: "autoloss"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/StepBenchmark"),
    .executableTarget(
      name: "wire-benchmark",
      dependencies: [
        .product(name: "AutolossWire", package: "autoloss"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/WireBenchmark"),
  ],
  swiftLanguageModes: [.v6]
)
