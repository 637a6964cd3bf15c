namespace Ovms.Generation.Steps;

/// <summary>What a model can hold at once.</summary>
/// <param name="BlockTokens">Tokens a block of the KV cache holds; 0 on the stateful lane, which has no blocks.</param>
/// <param name="Blocks">Blocks of the KV cache.</param>
/// <param name="StateRows">Rows of the state tables; 0 for models without convolution or linear-attention states.</param>
/// <param name="Sequences">Sequences that may live at once.</param>
/// <param name="Vocabulary">Logits a row.</param>
internal readonly record struct StepCapacity(int BlockTokens, int Blocks, int StateRows, int Sequences, int Vocabulary);
