/// Which modules each module may import; ARCHITECTURE.md draws the same.
enum Floors {
  /// Modules of this package below each module.
  static let below: [String: Set<String>] = [
    "Kernels": ["COpenBLAS", "CVector"],
    "Graph": ["Kernels"],
    "Datasets": ["Kernels", "CLZ4", "CZlib", "CZstd", "COpenSSL"],
    "Messages": ["Kernels", "CLZ4"],
    "Layers": ["Graph", "Kernels"],
    "Objectives": ["Kernels"],
    "Optimization": ["Kernels"],
    "Models": ["Layers", "Graph", "Kernels"],
    "Search": ["Models", "Layers", "Objectives", "Optimization", "Graph", "Kernels"],
    "Cluster": [],
    "Transport": ["Messages", "Kernels", "CZeroMQ"],
    "Training": [
      "Search", "Cluster", "Transport", "Models", "Layers", "Objectives", "Optimization", "Graph",
      "Datasets", "Messages", "Kernels",
    ],
    "Studies": [],
    "Reporting": ["Search", "Objectives", "Datasets", "Kernels"],
    "autoloss": [
      "Training", "Reporting", "Studies", "Search", "Transport", "Models", "Objectives",
      "Datasets", "Kernels",
    ],
  ]

  /// Modules of others that are imported where they are needed and nowhere else.
  static let packages: [String: Set<String>] = [
    "RealModule": ["Kernels"],
    "Yams": ["Training"],
    "Logging": ["Training", "Reporting", "autoloss"],
    "ArgumentParser": ["autoloss"],
  ]

  /// Modules that come with Swift.
  static let standard: Set = [
    "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
  ]

  /// What is wrong with `module` importing `other`; nil when it may.
  static func complaint(_ module: String, imports other: String) -> String? {
    if module == "Cluster" { return "Cluster decides in pure code and imports nothing" }
    if let allowed = below[module], allowed.contains(other) { return nil }
    if let users = packages[other], users.contains(module) { return nil }
    if standard.contains(other) { return nil }
    return "\(module) may not import \(other)"
  }
}
