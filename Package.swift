// swift-tools-version: 6.2
import Foundation
import PackageDescription

// x86-64-v3 runs on any server CPU since 2013; AUTOLOSS_CPU=native tunes for this machine.
// Results are equal bit for bit only between binaries built for the same CPU kind.
let cpu = ProcessInfo.processInfo.environment["AUTOLOSS_CPU"] ?? "x86-64-v3"

let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .unsafeFlags(["-Xcc", "-march=\(cpu)"]),
]

/// A module of one floor; `below` names the modules it may import.
func module(
  _ name: String, _ below: [Target.Dependency], _ resources: [Resource] = []
) -> Target {
  .target(name: name, dependencies: below, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ extra: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + extra,
    path: "Tests/\(name)Tests", swiftSettings: settings)
}

let numerics = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "autoloss",
  products: [
    .executable(name: "autoloss", targets: ["autoloss"]),
    // For the package in Benchmarks.
    .library(name: "AutolossWire", targets: ["Transport", "Messages", "Kernels"]),
    .library(name: "AutolossParts", targets: ["Training", "Datasets", "Kernels"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // Floor 0: module maps over Debian's libraries.
    .systemLibrary(name: "COpenBLAS"),
    .systemLibrary(name: "CLZ4"),
    .systemLibrary(name: "CZeroMQ"),
    .systemLibrary(name: "CZlib"),
    .systemLibrary(name: "CZstd"),
    .systemLibrary(name: "COpenSSL"),
    .systemLibrary(name: "CVector"),

    // Floor 1.
    module("Kernels", ["COpenBLAS", "CVector", numerics]),

    // Floor 2.
    module("Graph", ["Kernels"]),
    module("Datasets", ["Kernels", "CLZ4", "CZlib", "CZstd", "COpenSSL"]),
    module("Messages", ["Kernels", "CLZ4"]),

    // Floor 3.
    module("Layers", ["Graph", "Kernels"]),
    module("Objectives", ["Kernels"]),
    module("Optimization", ["Kernels"]),

    // Floor 4.
    module("Models", ["Layers", "Graph", "Kernels"]),

    // Floor 5.
    module("Search", ["Models", "Layers", "Objectives", "Optimization", "Graph", "Kernels"]),
    module("Cluster", []),
    module("Transport", ["Messages", "Kernels", "CZeroMQ"]),

    // Floor 6.
    module(
      "Training",
      [
        "Search", "Cluster", "Transport", "Models", "Layers", "Objectives", "Optimization",
        "Graph", "Datasets", "Messages", "Kernels", "Yams", logging,
      ], [.embedInCode("Recipes/paper.yaml"), .embedInCode("Recipes/tuned.yaml")]),
    module("Studies", []),
    module("Reporting", ["Search", "Objectives", "Datasets", "Kernels", logging]),

    // Floor 7.
    .executableTarget(
      name: "autoloss",
      dependencies: [
        "Training", "Reporting", "Studies", "Search", "Transport", "Models", "Objectives",
        "Datasets", "Kernels", logging, arguments,
      ],
      swiftSettings: settings),

    // Tests: one target a module, and what they share.
    .target(
      name: "TestSupport", dependencies: ["Datasets", "Graph", "Kernels"],
      path: "Tests/TestSupport",
      swiftSettings: settings),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .target(name: "TestSockets", path: "Tests/TestSockets", swiftSettings: settings),
    tests("Kernels"),
    tests("Graph", ["Kernels"]),
    tests("Datasets", ["Kernels", "CZstd"]),
    tests("Messages"),
    tests("Layers", ["Graph", "Kernels"]),
    tests("Objectives", ["Kernels"]),
    tests("Optimization", ["Kernels"]),
    tests("Models", ["Layers", "Graph", "Kernels", "Objectives", "Reporting"]),
    tests("Search", ["Models", "Layers", "Graph", "Kernels", "Objectives", "Optimization"]),
    tests("Cluster"),
    tests("Transport", ["Messages", "TestSockets"]),
    tests(
      "Training",
      [
        "Search", "Models", "Graph", "Datasets", "Optimization", "Objectives", "Cluster",
        "Transport", "Messages", "Kernels", "CAllocations",
      ]),
    tests("Reporting"),
    tests("Studies"),
    tests(
      "autoloss",
      [
        "Training", "Reporting", "Studies", "Datasets", "Search", "Models", "Objectives",
        "Transport", "Messages", "TestSockets", arguments,
      ]),
  ],
  swiftLanguageModes: [.v6]
)
