using System.Collections.Immutable;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Processes;
using Ovms.Status;

namespace Ovms.Pipelines.Isolation;

/// <summary>A library in a process of its own, as one node of a pipeline uses it.</summary>
/// <param name="library">The library.</param>
/// <param name="number">Its number in the process.</param>
/// <param name="parameters">The node's parameters.</param>
internal sealed class IsolatedInstance(
    IsolatedLibrary library, long number, IReadOnlyList<KeyValuePair<string, string>> parameters) : NodeInstance(library)
{
    /// <summary>Its number in the process.</summary>
    public long Number => number;

    /// <summary>Whether a process has initialized it: each new process must, too.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Initializes it in a process.</summary>
    /// <returns>Ok, or why it cannot be.</returns>
    public async Task<Outcome> OpenAsync(FramedChild child)
    {
        LibraryCall<bool> call = new(Library.Name, StatusCode.NodeLibraryInitializeFailed, static (_, _) => true)
        {
            Arrived = _ => IsOpen = true,
        };
        byte[] head = LibraryFrames.Head(writer =>
        {
            writer.Write(number);
            LibraryFrames.Write(writer, parameters);
        });
        Outcome<bool> answer = await library.AskAsync(child, call, LibraryFrames.Open, head, "initialize").ConfigureAwait(false);
        return answer.WithoutValue;
    }

    /// <inheritdoc/>
    public override Outcome<ImmutableArray<NodePort>> GetInputs() => Describe(LibraryFrames.Inputs, "getInputsInfo");

    /// <inheritdoc/>
    public override Outcome<ImmutableArray<NodePort>> GetOutputs() => Describe(LibraryFrames.Outputs, "getOutputsInfo");

    /// <inheritdoc/>
    public override Outcome<NodeTensor[]> Execute(
        IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        if (!library.TryGetChild(out FramedChild? child, out Outcome why))
        {
            return why;
        }

        LibraryCall<NodeTensor[]> call = new(Library.Name, StatusCode.NodeLibraryExecutionFailed, (reader, data) =>
            LibraryFrames.Count(reader) is var count && count == wanted.Count
                ? LibraryFrames.ReadTensors(reader, data, count)
                : throw new InvalidDataException($"{count} outputs; {wanted.Count} were asked for"));
        byte[] head = LibraryFrames.Head(writer =>
        {
            writer.Write(number);
            LibraryFrames.Write(writer, wanted);
            LibraryFrames.Write(writer, [.. inputs.Select(static input => input.Name)]);
            foreach (NamedTensor input in inputs)
            {
                LibraryFrames.Write(writer, input.Tensor);
            }
        });
        library.HangRule.Enter();
        try
        {
            child.Send(call, LibraryFrames.Execute, head, LibraryFrames.PartsOf(inputs.Select(static input => input.Tensor)));

            // Ends with the process at the latest, which the rule for hanging calls ends.
            return call.Answer.GetAwaiter().GetResult();
        }
        catch (InvalidDataException tooLarge)
        {
            return Outcome.Fail(StatusCode.PipelineTooLarge, $"the inputs of the library {Library.Name}: {tooLarge.Message}");
        }
        finally
        {
            library.HangRule.Leave();
        }
    }

    /// <inheritdoc/>
    protected override void End() => library.Close(this);

    private Outcome<ImmutableArray<NodePort>> Describe(uint kind, string function)
    {
        if (!library.TryGetChild(out FramedChild? child, out Outcome why))
        {
            return why;
        }

        LibraryCall<ImmutableArray<NodePort>> call =
            new(Library.Name, StatusCode.NodeLibraryMetadataFailed, static (reader, _) => LibraryFrames.ReadPorts(reader));
        byte[] head = LibraryFrames.Head(writer => writer.Write(number));
        return library.AskAsync(child, call, kind, head, function).GetAwaiter().GetResult();
    }
}
