namespace Ovms.Generation.Cache;

/// <summary>Hash of a block's place and content.</summary>
/// <param name="parent">The key of the block before it.</param>
/// <param name="ids">The block's token ids.</param>
internal delegate int PrefixHash(long parent, ReadOnlySpan<int> ids);
