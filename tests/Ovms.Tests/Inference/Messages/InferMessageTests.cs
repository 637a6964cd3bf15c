using Ovms.Inference.Messages;
using Ovms.Tensors;

namespace Ovms.Tests.Inference.Messages;

public sealed class InferMessageTests
{
    private static readonly Recycled<InferMessage> s_messages = new(static home => new InferMessage(home));

    [Test]
    public async Task RentedMessage_IsEmptyWhateverWasInItBefore()
    {
        // Whichever of the kept ones comes, nothing of an earlier call is in it.
        for (int i = 0; i < 300; i++)
        {
            InferMessage message = Rent();
            await Assert.That((message.ModelName, message.ModelVersion, message.Id, message.Received, message.RawContentCount)).IsEqualTo(("", "", null, 0, -1));
            await Assert.That(message.Inputs).IsEmpty();
            await Assert.That(message.Outputs).IsEmpty();
            await Assert.That(message.SequenceParameters).IsNull();
            Fill(message, i % 20);
            message.Dispose();

            // As a caller's leaving and the call's own end may both do.
            message.Dispose();
        }
    }

    [Test]
    public async Task DisposedTwice_IsRentedToOneCallAtATime()
    {
        // A message that came back twice would be handed to two calls.
        const int Calls = 64;
        InferMessage[] first = [.. Enumerable.Range(0, Calls).Select(static _ => Rent())];
        foreach (InferMessage message in first)
        {
            message.Dispose();
            message.Dispose();
        }

        InferMessage[] second = [.. Enumerable.Range(0, 2 * Calls).Select(static _ => Rent())];
        int distinct = second.Distinct(ReferenceEqualityComparer.Instance).Count();
        foreach (InferMessage message in second)
        {
            message.Dispose();
        }

        await Assert.That(distinct).IsEqualTo(second.Length);
    }

    [Test]
    public async Task LateDisposalOnAnotherThread_LeavesTheNextCallItsMemory()
    {
        // One thread holds on to messages that it has disposed, and disposes them again while another one uses them.
        const int Rounds = 5_000;
        using Barrier together = new(2);
        (InferMessage? Message, int Stamp) stale = default;
        int lost = 0;
        Thread late = new(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                together.SignalAndWait();
                stale.Message!.Dispose(stale.Stamp);
                together.SignalAndWait();
            }
        });
        late.Start();
        for (int round = 0; round < Rounds; round++)
        {
            InferMessage message = Rent();
            stale = (message, message.Stamp);
            message.Dispose();
            InferMessage next = Rent();
            next.Inputs.Add(next.SpareInput());
            together.SignalAndWait();
            together.SignalAndWait();
            lost += next.Payload is null || next.Inputs.Count != 1 || !next.IsInUse ? 1 : 0;
            next.Dispose();
        }

        late.Join();
        await Assert.That(lost).IsEqualTo(0);
    }

    private static InferMessage Rent()
    {
        InferMessage message = s_messages.Rent();
        message.Begin(CallOrigin.KServeGrpc, new NativeBuffer());
        return message;
    }

    private static void Fill(InferMessage message, int inputs)
    {
        message.ModelName = "m";
        message.ModelVersion = "3";
        message.Id = "id";
        message.Received = 5;
        message.RawContentCount = 1;
        message.SequenceParameters = new();
        for (int i = 0; i < inputs; i++)
        {
            InputTensor input = message.SpareInput();
            if (input.Name.Length > 0 || input.Datatype.Length > 0 || input.Shape.Length > 0 || input.Content is not null || input.Source != ContentSource.None || input.ValueCount > 0 || input.HasTypedBesideRaw)
            {
                throw new InvalidOperationException("An input of an earlier call is not empty.");
            }

            input.Name = "x";
            input.Datatype = "FP32";
            input.Shape = [1];
            input.Source = ContentSource.Values;
            input.ValueCount = 7;
            input.HasTypedBesideRaw = true;
            input.Content = new NativeBuffer();
            message.Inputs.Add(input);
            message.Outputs.Add(new RequestedOutput("y"));
        }
    }
}
