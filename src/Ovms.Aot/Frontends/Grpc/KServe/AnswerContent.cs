using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Requests;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>What a ModelInferResponse says.</summary>
/// <param name="Model">The servable's name.</param>
/// <param name="Version">The servable's version.</param>
/// <param name="Id">The id of the request; empty for none.</param>
/// <param name="Outputs">The outputs, borrowed.</param>
internal readonly record struct AnswerContent(string Model, string Version, string Id, OutputTensor[] Outputs)
{
    /// <summary>The sequence's id, if the answer carries it as a parameter.</summary>
    public SequenceId Sequence { get; private init; }

    /// <summary>The time of a graph's packets; null for models.</summary>
    public long? Time { get; init; }

    /// <summary>Whether this is the last response to its request; null where it is the only one.</summary>
    public bool? IsFinal { get; init; }

    private InferMessage? Request { get; init; }

    /// <summary>The answer to a call that has run.</summary>
    public static AnswerContent Of(ModelCall call) =>
        new(call.Servable.Id.Name, call.Servable.Id.VersionText, call.Message.Id ?? "", call.Outputs)
        {
            Sequence = call.SequenceParameter,
            Time = call.Message.PacketTime,
            Request = call.Message,
        };

    /// <summary>Where an output was written in shared memory; null if it is in the answer.</summary>
    public SharedPlace? PlaceOf(int output) => Request?.PlaceOf(output);
}
