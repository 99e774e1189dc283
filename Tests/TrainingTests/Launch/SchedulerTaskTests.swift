import Testing
import Training

@Suite struct SchedulerTaskTests {
  @Test(
    arguments: [
      ([:], nil),
      (["SLURM_JOB_ID": "12"], nil),
      (["SLURM_JOB_ID": "12", "SLURM_PROCID": "3"], "task 3 of Slurm's job 12"),
      (
        [
          "SLURM_JOB_ID": "12", "SLURM_PROCID": "3", "SLURMD_NODENAME": "n04",
          "SLURM_RESTART_COUNT": "2",
        ], "task 3 of Slurm's job 12 on n04, start 3"
      ),
      (["JOB_COMPLETION_INDEX": "3"], "index 3 of Kubernetes' job"),
      (
        ["JOB_COMPLETION_INDEX": "3", "HOSTNAME": "workers-3"],
        "index 3 of Kubernetes' job in workers-3"
      ),
    ] as [([String: String], String?)])
  func names(environment: [String: String], name: String?) {
    #expect(SchedulerTask.name(environment) == name)
  }
}
