namespace Ovms.Graphs.Interpreters;

/// <summary>What a handler answered.</summary>
/// <param name="Tensors">The tensors, whose content belongs to the receiver; none after an exception.</param>
/// <param name="Generator">The generator that gave them and may have more; null if there is none.</param>
/// <param name="Raised">What the handler raised or which rule it broke, and where; null if it did not.</param>
internal sealed record PythonAnswer(ReceivedTensor[] Tensors, PythonGenerator? Generator = null, string? Raised = null)
{
    /// <summary>A generator has nothing more.</summary>
    public static PythonAnswer End { get; } = new([]);

    /// <summary>Frees the tensors of an answer that nobody takes.</summary>
    public void Discard()
    {
        foreach (ReceivedTensor tensor in Tensors)
        {
            tensor.Content.Dispose();
        }
    }
}

/// <summary>A generator that the handler has begun. It ends with the process that runs it.</summary>
/// <param name="Child">The process.</param>
/// <param name="Call">The call that began it.</param>
internal sealed record PythonGenerator(PythonChild Child, long Call);
