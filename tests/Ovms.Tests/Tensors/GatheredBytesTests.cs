using System.Buffers;
using Ovms.Tensors;

namespace Ovms.Tests.Tensors;

public sealed class GatheredBytesTests
{
    [Test]
    [MatrixDataSource]
    public async Task EveryByte_IsReadOnceAndInOrder([Matrix(1, 7, 64, 1000, 100_000)] int room, [Matrix(true, false)] bool copies)
    {
        byte[] tensor = GC.AllocateUninitializedArray<byte>(5000, pinned: true);
        new Random(1).NextBytes(tensor);
        using GatheredBytes message = new(copies ? 10_000 : 0);
        message.Write("head"u8);
        message.Write(new byte[300]);
        message.AddView(tensor);
        message.AddView([]);
        message.AddView(tensor.AsSpan(10, 20));
        message.Write("between"u8);
        message.AddView(tensor.AsSpan(0, 1));
        byte[] expected = [.. "head"u8, .. new byte[300], .. tensor, .. tensor[10..30], .. "between"u8, tensor[0]];
        await Assert.That(message.Left).IsEqualTo(expected.Length);

        List<byte> read = [];
        byte[] piece = new byte[room];
        while (message.Left > 0)
        {
            int count = message.Read(piece);
            read.AddRange(piece[..count]);
        }

        await Assert.That(read).IsEquivalentTo(expected, TUnit.Assertions.Enums.CollectionOrdering.Matching);
        await Assert.That(message.Read(piece)).IsEqualTo(0);
    }

    [Test]
    [Arguments(true, (byte)1)]
    [Arguments(false, (byte)2)]
    public async Task Tensor_IsReadWhereItLies_UnlessItIsCopied(bool copies, byte expected)
    {
        byte[] tensor = GC.AllocateArray<byte>(1, pinned: true);
        tensor[0] = 1;
        using GatheredBytes message = new(copies ? 10_000 : 0);
        message.AddView(tensor);
        tensor[0] = 2;
        byte[] read = new byte[1];
        message.Read(read);
        await Assert.That(read[0]).IsEqualTo(expected);
        await Assert.That(message.HasCopies).IsEqualTo(copies);
    }
}
