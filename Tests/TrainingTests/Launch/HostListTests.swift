import Testing

@testable import Training

@Suite struct HostListTests {
  @Test(arguments: [
    ("n1", ["n1"]), ("n1,n2", ["n1", "n2"]), ("n[1-3]", ["n1", "n2", "n3"]),
    ("n[01-03,07]", ["n01", "n02", "n03", "n07"]),
    ("n[01-03,07],gpu1", ["n01", "n02", "n03", "n07", "gpu1"]),
    ("n[08-11]", ["n08", "n09", "n10", "n11"]), ("n[5]-ib", ["n5-ib"]),
    ("r[1-2]n[3-4]", ["r1n3", "r1n4", "r2n3", "r2n4"]), ("a-b.c", ["a-b.c"]),
    ("n[0]", ["n0"]), ("n[099-101]", ["n099", "n100", "n101"]),
  ])
  func expands(text: String, names: [String]) {
    #expect(HostList.expand(text) == names)
  }

  @Test(arguments: [
    "", ",", "n1,", "n[1", "n1]", "n[[1]]", "n[]", "n[1,]", "n[2-1]", "n[1-2-3]", "n[a-b]",
    "n[1-]", "n[0-99999999]", "n[0-999]m[0-999]", "n[-1]", "n[+1]",
  ])
  func refuses(text: String) {
    #expect(HostList.expand(text) == nil)
  }
}
