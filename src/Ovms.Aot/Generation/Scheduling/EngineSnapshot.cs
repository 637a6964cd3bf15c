namespace Ovms.Generation.Scheduling;

/// <summary>What an engine holds at one moment.</summary>
/// <param name="Running">Sequences that are computed.</param>
/// <param name="Waiting">Sequences that wait to be computed.</param>
/// <param name="FreeBlocks">Blocks of the KV cache without content.</param>
/// <param name="KeptBlocks">Blocks that are kept for later prompts and have no owner.</param>
/// <param name="OwnedBlocks">Blocks that sequences own.</param>
/// <param name="StateRows">Rows of the state tables that sequences own or that are kept for later prompts.</param>
/// <param name="StepTokens">Tokens of the latest step.</param>
/// <param name="StepSequences">Sequences of the latest step.</param>
internal readonly record struct EngineSnapshot(
    int Running, int Waiting, int FreeBlocks, int KeptBlocks, int OwnedBlocks, int StateRows, int StepTokens, int StepSequences);
