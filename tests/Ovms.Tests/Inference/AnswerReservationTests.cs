using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Tests.Inference;

public sealed class AnswerReservationTests
{
    private static readonly Signature s_signature = new(
        [new TensorInfo(0, "x", ElementType.F32, PartialShape.Of(1), "N")],
        [
            new TensorInfo(0, "large", ElementType.F32, PartialShape.Of(1, 1_000_000), "NC"),
            new TensorInfo(1, "larger", ElementType.U8, PartialShape.Of(1, 5_000_000), "NC"),
            new TensorInfo(2, "small", ElementType.F32, PartialShape.Of(1, 10), "NC"),
            new TensorInfo(3, "open", ElementType.F32, PartialShape.DynamicRank, "..."),
        ]);

    [Test]
    [Arguments("", 9_000_040)]
    [Arguments("large", 4_000_000)]
    [Arguments("large,small", 4_000_040)]
    [Arguments("small", 0)]
    [Arguments("open", 0)]
    public async Task WhatTheShapesTell_IsReserved(string outputs, long expected)
    {
        long reserved = 0;
        InferMessage message = Message(outputs, bytes =>
        {
            reserved += bytes;
            return Outcome.Ok;
        });
        await Assert.That(AnswerReservation.Take(s_signature, message).IsOk).IsTrue();
        await Assert.That(reserved).IsEqualTo(expected);
    }

    [Test]
    public async Task AnswerWithoutRoom_IsRefused() =>
        await Assert.That(AnswerReservation.Take(s_signature, Message("", static _ => Outcome.Fail(StatusCode.OutOfMemory))).Code).IsEqualTo(StatusCode.OutOfMemory);

    [Test]
    public async Task OutputThatNoFrontEndCanSend_IsRefusedBeforeItIsComputed()
    {
        Signature signature = new([], [new TensorInfo(0, "y", ElementType.F32, PartialShape.Of(1, 540_000_000), "NC")]);
        Outcome refused = AnswerReservation.Take(signature, Message("", null));
        await Assert.That(refused.Code).IsEqualTo(StatusCode.AnswerTooLarge);
        await Assert.That(refused.Text).Contains("Output y has 2160000000 bytes where 1073741824 may be sent");
    }

    [Test]
    public async Task WhereNobodyCounts_NothingIsRefused() => await Assert.That(AnswerReservation.Take(s_signature, Message("", null)).IsOk).IsTrue();

    private static InferMessage Message(string outputs, Func<long, Outcome>? room)
    {
        InferMessage message = new() { AnswerRoom = room };
        message.Outputs.AddRange(outputs.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static name => new RequestedOutput(name)));
        return message;
    }
}
