using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>What one gRPC inference call holds from its first byte to its end: its deadline, its memory and its model.</summary>
/// <remarks>Pooled: after Dispose nothing of it may be used.</remarks>
/// <param name="home">The pool that it returns to.</param>
/// <param name="waiting">The calls that wait.</param>
internal sealed class GrpcCall(Recycled<GrpcCall> home, WaitingCalls waiting) : Recyclable, IDisposable
{
    private int _modelUse;

    /// <summary>Its deadline and its caller's disconnect.</summary>
    public CallEnd End { get; } = new(waiting);

    /// <summary>The memory that it holds in the front end's account.</summary>
    public MemoryShare Share { get; } = new();

    /// <summary>The API that it came by.</summary>
    public InferApi Api { get; private set; } = null!;

    /// <summary>The call to the model, once the message has named one.</summary>
    public ModelCall? Model { get; private set; }

    /// <summary>Starts the call.</summary>
    /// <param name="http">The HTTP/2 request.</param>
    /// <param name="api">The API that it came by.</param>
    /// <param name="memory">The account that it counts in.</param>
    public void Begin(HttpContext http, InferApi api, RequestMemory memory)
    {
        Api = api;
        End.Begin(http);
        Share.Of(memory);
    }

    /// <summary>Sets the model that the message names. One that its first bytes named before has not run, and is not counted.</summary>
    /// <param name="next">The model; null if it is not served.</param>
    public void Replace(ModelCall? next)
    {
        Model?.Abandon();
        EndModel();
        Model = next;
        _modelUse = next?.Stamp ?? 0;
    }

    /// <summary>Frees all that the call holds.</summary>
    public void Dispose()
    {
        if (!TryEndUse(Stamp))
        {
            return;
        }

        // Order: the share counts the model call's memory.
        EndModel();
        Share.Dispose();
        End.Stop();
        Api = null!;
        home.Return(this);
    }

    private void EndModel()
    {
        Model?.Dispose(_modelUse);
        Model = null;
    }
}
