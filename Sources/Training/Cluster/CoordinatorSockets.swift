import Transport

/// The coordinator's two listening sockets: small control messages, and bulk beside them.
struct CoordinatorSockets {
  let control: Router
  let data: Router
  /// Where workers reach them, with the real ports.
  let controlEndpoint: Endpoint
  let dataEndpoint: Endpoint

  /// Listens on `addresses`.
  init(_ addresses: CoordinatorAddresses, protection: Protection) throws {
    let context = try protection.context()
    let options = protection.options
    control = try Router(in: context, options: options)
    data = try Router(in: context, options: options)
    controlEndpoint = addresses.told(for: try control.bind(addresses.control))
    dataEndpoint = addresses.told(for: try data.bind(addresses.data))
  }
}
