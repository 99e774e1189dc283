import ArgumentParser

/// Addresses of a coordinator, where the one of `--listen` is not all there is to say.
struct AddressOptions: ParsableArguments {
  @Option(help: .key("cluster.bind", "interface")) var bind: String?
  @Option(help: .key("cluster.advertise", "host")) var advertise: String?
  @Option(help: .key("cluster.dataPort", "port")) var dataPort: String?

  /// The flags with the keys that they set.
  var flags: [(flag: String, path: String, text: String?)] {
    [
      ("--bind", "cluster.bind", bind), ("--advertise", "cluster.advertise", advertise),
      ("--data-port", "cluster.dataPort", dataPort),
    ]
  }
}
