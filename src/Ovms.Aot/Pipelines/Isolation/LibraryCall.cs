using Ovms.Processes;
using Ovms.Status;

namespace Ovms.Pipelines.Isolation;

/// <summary>A request to the process of a library, and its answer.</summary>
/// <typeparam name="T">What it answers.</typeparam>
/// <param name="library">The library's name.</param>
/// <param name="lost">The status if the process ends before the answer.</param>
/// <param name="read">Reads the head and the data of the answer.</param>
internal sealed class LibraryCall<T>(string library, StatusCode lost, Func<BinaryReader, FrameReader, T> read) : IChildCall
{
    private readonly TaskCompletionSource<Outcome<T>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer, or why there is none.</summary>
    public Task<Outcome<T>> Answer => _answer.Task;

    /// <summary>
    /// Called with what was read, before <see cref="Answer"/> completes and before anybody learns that the process has ended.
    /// </summary>
    public Action<T>? Arrived { get; init; }

    /// <inheritdoc/>
    public bool Take(FrameHeader header, byte[] head, FrameReader data)
    {
        if (header.Kind == LibraryFrames.Failed)
        {
            _answer.TrySetResult(LibraryFrames.Read(head, LibraryFrames.ReadFailure));
            return false;
        }

        if (header.Kind != LibraryFrames.Done)
        {
            throw new InvalidDataException($"there is no answer {header.Kind}");
        }

        T answer = LibraryFrames.Read(head, reader => read(reader, data));
        Arrived?.Invoke(answer);
        _answer.TrySetResult(answer);
        return false;
    }

    /// <inheritdoc/>
    public void Lost(string why) => _answer.TrySetResult(Outcome.Fail(lost, $"the library {library} {why}"));
}
