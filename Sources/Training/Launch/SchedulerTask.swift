/// Which part of which job a scheduler started a process as. A label only: workers may join a run
/// without one, in any order.
public enum SchedulerTask {
  /// `task 3 of Slurm's job 12 on n04`, `index 3 of Kubernetes' job`; nil outside of both.
  public static func name(_ environment: [String: String]) -> String? {
    if let job = environment["SLURM_JOB_ID"], let task = environment["SLURM_PROCID"] {
      // Not the host's name: several nodes of Slurm may be one machine.
      let node = environment["SLURMD_NODENAME"].map { " on \($0)" } ?? ""
      let again = environment["SLURM_RESTART_COUNT"].map { ", start \((Int($0) ?? 0) + 1)" } ?? ""
      return "task \(task) of Slurm's job \(job)\(node)\(again)"
    }
    return environment["JOB_COMPLETION_INDEX"].map { index in
      let pod = environment["HOSTNAME"].map { " in \($0)" } ?? ""
      return "index \(index) of Kubernetes' job\(pod)"
    }
  }
}
