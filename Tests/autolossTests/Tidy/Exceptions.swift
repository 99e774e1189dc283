/// Files that the checks of style let pass, each with its reason.
enum Exceptions {
  /// Source files without a test file of their name, under the test file that shows they work:
  /// parts of one machine that is tested as a whole, against its slow definition or a reference.
  static let testedElsewhere: [String: [String]] = [
    "Tests/ClusterTests/SimulationTests.swift": [
      "Sources/Cluster/CoordinatorWords.swift",
      "Sources/Cluster/FleetWords.swift",
      "Sources/Cluster/ServerWords.swift",
      "Sources/Cluster/Work.swift",
      "Sources/Cluster/WorkerWords.swift",
    ],
    "Tests/DatasetsTests/Prepare/PreparationTests.swift": [
      "Sources/Datasets/Files/DataError.swift",
      "Sources/Datasets/Prepare/BadLineList.swift",
      "Sources/Datasets/Prepare/CountingPass.swift",
      "Sources/Datasets/Prepare/EncodingPass.swift",
      "Sources/Datasets/Prepare/FieldVocabulary.swift",
      "Sources/Datasets/Prepare/GroupAssembler.swift",
      "Sources/Datasets/Prepare/TurnGate.swift",
      "Sources/Datasets/Prepare/ValueCounter.swift",
    ],
    "Tests/TrainingTests/Step/WeightRuleTests.swift": [
      "Sources/Optimization/GradientClip.swift"
    ],
    "Tests/ObjectivesTests/RankingLossesTests.swift": [
      "Sources/Objectives/JointLoss.swift"
    ],
    "Tests/DatasetsTests/Text/ColumnParserTests.swift": [
      "Sources/Datasets/Text/LineParser.swift"
    ],
    "Tests/DatasetsTests/Text/TableSchemaTests.swift": [
      "Sources/Datasets/Text/TableSchema+Known.swift",
      "Sources/Datasets/Text/TableSchema+Problem.swift",
    ],
    "Tests/DatasetsTests/Reading/SliceReaderTests.swift": [
      "Sources/Datasets/Reading/RowStream.swift"
    ],
    "Tests/DatasetsTests/Safetensors/SafetensorsFileTests.swift": [
      "Sources/Datasets/Safetensors/SafetensorsHeader.swift",
      "Sources/Datasets/Safetensors/SafetensorsWriter.swift",
      "Sources/Datasets/Safetensors/Tensor.swift",
    ],
    "Tests/DatasetsTests/Shards/DatasetTests.swift": [
      "Sources/Datasets/Shards/Decoders.swift",
      "Sources/Datasets/Shards/ShardFile.swift",
      "Sources/Datasets/Shards/ShardWriter.swift",
    ],
    "Tests/DatasetsTests/Shards/RowGroupTests.swift": [
      "Sources/Datasets/Shards/IDColumns.swift",
      "Sources/Datasets/Shards/RowGroupDecoder.swift",
    ],
    "Tests/DatasetsTests/Synthesis/SynthesisTests.swift": [
      "Sources/Datasets/Synthesis/SyntheticChunk.swift",
      "Sources/Datasets/Synthesis/SyntheticModel.swift",
    ],
    "Tests/GraphTests/PlanTests.swift": [
      "Sources/Graph/Binding.swift",
      "Sources/Graph/Lifetimes.swift",
      "Sources/Graph/Uses.swift",
    ],
    "Tests/GraphTests/ProgramTests.swift": [
      "Sources/Graph/Network.swift",
      "Sources/Graph/Operation.swift",
      "Sources/Graph/Parameter.swift",
      "Sources/Graph/Summary.swift",
      "Sources/Graph/Trace.swift",
    ],
    "Tests/GraphTests/ProductTests.swift": [
      "Sources/Kernels/Hadamard.swift"
    ],
    "Tests/GraphTests/WorkspaceTests.swift": [
      "Sources/Graph/Pass.swift"
    ],
    "Tests/KernelsTests/Rows/AdamReplayTests.swift": [
      "Sources/Kernels/Rows/AdamCoast.swift",
      "Sources/Kernels/Rows/AdamGlide.swift",
      "Sources/Kernels/Rows/AdamHop.swift",
      "Sources/Kernels/Rows/AdamLanesGlide.swift",
      "Sources/Kernels/Rows/AdamReach.swift",
      "Sources/Kernels/Rows/AdamRule.swift",
      "Sources/Kernels/Rows/GlideModes.swift",
      "Sources/Kernels/Rows/GlidePath.swift",
      "Sources/Kernels/Rows/Parabola.swift",
      "Sources/Kernels/Rows/UntouchedRows.swift",
    ],
    "Tests/LayersTests/ExportFormTests.swift": [
      "Sources/Graph/ExportNode.swift"
    ],
    "Tests/LayersTests/LayerGradientTests.swift": [
      "Sources/Kernels/Normalisation+Tangent.swift"
    ],
    "Tests/LayersTests/InteractionTests.swift": [
      "Sources/Layers/BiInteraction.swift",
      "Sources/Layers/FactorizationMachine.swift",
      "Sources/Layers/InnerProducts.swift",
      "Sources/Layers/ScalarWeights.swift",
    ],
    "Tests/LayersTests/CompressedInteractionNetworkTests.swift": [
      "Sources/Kernels/CompressedInteractions.swift",
      "Sources/Kernels/SegmentSums.swift",
    ],
    "Tests/LayersTests/ContextGateTests.swift": [
      "Sources/Layers/Activation.swift",
      "Sources/Layers/MaskBlock.swift",
    ],
    "Tests/LayersTests/CrossNetworkTests.swift": [
      "Sources/Kernels/VectorCross.swift",
      "Sources/Layers/MatrixCrossNetwork.swift",
    ],
    "Tests/LayersTests/FieldSelectionTests.swift": [
      "Sources/Layers/LearnedVector.swift"
    ],
    "Tests/LayersTests/LayerNormTests.swift": [
      "Sources/Kernels/VectorNormalisation.swift"
    ],
    "Tests/LayersTests/LogarithmicNeuronsTests.swift": [
      "Sources/Kernels/LogarithmicProducts.swift"
    ],
    "Tests/LayersTests/OuterProductsTests.swift": [
      "Sources/Layers/MultiplyByKernels.swift"
    ],
    "Tests/MessagesTests/PayloadReaderTests.swift": [
      "Sources/Messages/WireLimits.swift"
    ],
    "Tests/ModelsTests/ModelKindTests.swift": [
      "Sources/Models/ModelOptions.swift",
      "Sources/Models/ParticularOptions.swift",
    ],
    "Tests/ModelsTests/ModelReferenceTests.swift": [
      "Sources/Models/AFM.swift",
      "Sources/Models/AFN.swift",
      "Sources/Models/AutoInt.swift",
      "Sources/Models/DCN.swift",
      "Sources/Models/DCNv2.swift",
      "Sources/Models/FFM.swift",
      "Sources/Models/FM.swift",
      "Sources/Models/FNFM.swift",
      "Sources/Models/FNN.swift",
      "Sources/Models/HOFM.swift",
      "Sources/Models/LR.swift",
      "Sources/Models/NFM.swift",
      "Sources/Models/OPNN.swift",
      "Sources/Models/WideAndDeep.swift",
      "Sources/Models/XDeepFM.swift",
    ],
    "Tests/OptimizationTests/ParameterStoreTests.swift": [
      "Sources/Optimization/ParameterPart.swift",
      "Sources/Optimization/SliceContribution.swift",
    ],
    "Tests/OptimizationTests/RowTableTests.swift": [
      "Sources/Kernels/Rows/OctetMemory.swift",
      "Sources/Kernels/Rows/RowLanes.swift",
      "Sources/Kernels/Rows/RowLayout.swift",
      "Sources/Kernels/Rows/RowRule.swift",
      "Sources/Kernels/Rows/RowSections.swift",
    ],
    "Tests/OptimizationTests/UpdateRuleReferenceTests.swift": [
      "Sources/Kernels/Rows/LinearRule.swift"
    ],
    "Tests/KernelsTests/Codecs/Int8CodecTests.swift": [
      "Sources/Kernels/Codecs/Codec.swift",
      "Sources/Kernels/Codecs/Magnitude.swift",
    ],
    "Tests/KernelsTests/Rows/RowCaptureTests.swift": [
      "Sources/Kernels/Rows/RowCopies.swift"
    ],
    "Tests/TrainingTests/Checkpoints/CheckpointStoreTests.swift": [
      "Sources/Training/Checkpoints/CheckpointManifest.swift"
    ],
    "Tests/TrainingTests/Checkpoints/CheckpointWriterTests.swift": [
      "Sources/Training/Checkpoints/ParameterCapture.swift",
      "Sources/Training/Checkpoints/RunCapture.swift",
    ],
    "Tests/TrainingTests/Cluster/FleetCaptureTests.swift": [
      "Sources/Training/Cluster/SeatContents.swift"
    ],
    "Tests/TrainingTests/Cluster/DelayedGradientTests.swift": [
      "Sources/Training/Step/ValidationSnapshot.swift"
    ],
    "Tests/SearchTests/UpperObjectiveTests.swift": [
      "Sources/Search/FixedObjective.swift"
    ],
    "Tests/SearchTests/SecondOrderReferenceTests.swift": [
      "Sources/Search/StrategyWorkspace+SecondOrder.swift"
    ],
    "Tests/TrainingTests/Step/VirtualStepTests.swift": [
      "Sources/Training/Step/ComputeMember+SecondOrder.swift"
    ],
    "Tests/TrainingTests/Step/LocalComputeTests.swift": [
      "Sources/Training/Step/BatchSlots.swift",
      "Sources/Training/Step/LocalCompute+Updates.swift",
    ],
    "Tests/TrainingTests/Step/SliceSlotTests.swift": [
      "Sources/Training/Step/SliceSlotSizes.swift"
    ],
    "Tests/TransportTests/RouterTests.swift": [
      "Sources/Transport/SocketEvent.swift",
      "Sources/Transport/SocketOptions.swift",
      "Sources/Transport/TransportError.swift",
    ],
    "Tests/TransportTests/Security/KeyFolderTests.swift": [
      "Sources/Transport/Security/KeyError.swift",
      "Sources/Transport/Security/KeyListing.swift",
      "Sources/Transport/Security/SmallFile.swift",
    ],
    "Tests/TransportTests/Security/SecurityTests.swift": [
      "Sources/Transport/Security/Admission.swift"
    ],
    "Tests/autolossTests/ResidentProcessTests.swift": [
      "Sources/Training/Cluster/ClusterExecutor+Resident.swift"
    ],
    "Tests/TrainingTests/Cluster/ClusterExecutorTests.swift": [
      "Sources/Training/Cluster/ClusterExecutor+Orders.swift"
    ],
    "Tests/autolossTests/OperatingTests.swift": [
      "Sources/Training/Cluster/ClusterExecutor+Inquiries.swift",
      "Sources/Training/Cluster/CoordinatorCaller.swift",
      "Sources/autoloss/Commands/DrainCommand.swift",
      "Sources/autoloss/Commands/StatusCommand.swift",
      "Sources/autoloss/Options/CallerOptions.swift",
    ],
    "Tests/autolossTests/ServerAddressTests.swift": [
      "Sources/Training/Cluster/ServerFleet+Greeting.swift"
    ],
    "Tests/autolossTests/ControllerDelayProcessTests.swift": [
      "Sources/Training/Cluster/ClusterExecutor+Controller.swift"
    ],
    "Tests/autolossTests/ServerProcessTests.swift": [
      "Sources/Training/Cluster/ClusterExecutor+Captures.swift",
      "Sources/Training/Cluster/ServerFleet+Captures.swift",
      "Sources/Training/Cluster/ServerFleet.swift",
      "Sources/autoloss/Commands/ServerCommand.swift",
    ],
    "Tests/autolossTests/ClusterProcessTests.swift": [
      "Sources/autoloss/Commands/WorkerCommand.swift"
    ],
    "Tests/autolossTests/Commands/CatalogueTests.swift": [
      "Sources/Models/ModelDescription.swift",
      "Sources/autoloss/Commands/LossesCommand.swift",
      "Sources/autoloss/Commands/ModelsCommand.swift",
      "Sources/autoloss/Commands/StrategiesCommand.swift",
      "Sources/autoloss/Commands/VersionCommand.swift",
      "Sources/autoloss/Version.swift",
    ],
    "Tests/autolossTests/Commands/StudyCommandTests.swift": [
      "Sources/autoloss/Options/ProcessOptions.swift",
      "Sources/autoloss/Study/StudyFolder.swift",
      "Sources/autoloss/Study/StudyRunner.swift",
      "Sources/autoloss/Study/WeightSearch.swift",
    ],
    "Tests/autolossTests/Commands/TuneCommandTests.swift": [
      "Sources/autoloss/Study/TuningRunner.swift",
      "Sources/autoloss/Study/TuningText.swift",
    ],
    "Tests/autolossTests/Commands/ReportCommandTests.swift": [
      "Sources/autoloss/RunPage.swift"
    ],
    "Tests/autolossTests/Commands/ConfigCommandTests.swift": [
      "Sources/autoloss/Options/LogOptions.swift",
      "Sources/autoloss/Options/RunOptions.swift",
      "Sources/autoloss/Output.swift",
    ],
    "Tests/autolossTests/Commands/KeysCommandTests.swift": [
      "Sources/autoloss/Options/KeyOptions.swift"
    ],
    "Tests/TrainingTests/Configuration/ConfigurationFileTests.swift": [
      "Sources/Training/Configuration/YAMLText.swift"
    ],
    "Tests/TrainingTests/Tables/TableSchemaFileTests.swift": [
      "Sources/Training/Tables/TableKeys.swift"
    ],
    "Tests/autolossTests/Commands/PrepareCommandTests.swift": [
      "Sources/autoloss/Options/PrepareOptions.swift",
      "Sources/autoloss/DataSummary.swift",
      "Sources/autoloss/Options/ReportOptions.swift",
      "Sources/autoloss/Options/ThreadOptions.swift",
      "Sources/autoloss/WorkDisplay.swift",
    ],
  ]

  /// Files with unsafe code above the ground floor, and why.
  static let unsafeCode: [String: String] = [:]
}
