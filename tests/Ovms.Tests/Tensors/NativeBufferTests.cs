using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Tests.Tensors;

/// <summary>The memory of one tensor: growth, limits, alignment, reuse.</summary>
public class NativeBufferTests
{
    [Test]
    public async Task Growth_KeepsWhatWasWritten()
    {
        using NativeBuffer buffer = new(0);
        for (int i = 0; i < 100_000; i++)
        {
            buffer.GetSpan(1)[0] = (byte)i;
            buffer.Advance(1);
        }

        await Assert.That(buffer.Length).IsEqualTo(100_000);
        await Assert.That(buffer.Bytes.ToArray().Select(static (value, i) => value == (byte)i).All(static right => right)).IsTrue();
    }

    [Test]
    public async Task Budget_CountsWhatTheBufferMayUseAndRefusesTheRest()
    {
        Budget budget = new(1000);
        using NativeBuffer buffer = new(10, budget);
        await Assert.That((buffer.Capacity, budget.Taken)).IsEqualTo((10, 10L));
        await Assert.That(buffer.TryReserve(300)).IsTrue();
        await Assert.That(budget.Taken).IsEqualTo(buffer.Capacity).And.IsEqualTo(300);
        buffer.Advance(300);
        await Assert.That(buffer.TryReserve(1)).IsTrue();
        await Assert.That(budget.Taken).IsEqualTo(buffer.Capacity).And.IsEqualTo(600);

        OvmsException refused = (await Assert.That(() => buffer.TryReserve(900)).Throws<OvmsException>())!;
        await Assert.That(refused.Outcome.Code).IsEqualTo(StatusCode.OutOfMemory);
        await Assert.That((buffer.Capacity, buffer.Length, budget.Taken)).IsEqualTo((600, 300, 600L));
        await Assert.That(() => new NativeBuffer(500, budget)).Throws<OvmsException>();
    }

    [Test]
    [Arguments(0)]
    [Arguments(1)]
    [Arguments(257)]
    [Arguments(1 << 20)]
    public async Task Address_IsAlignedAndHasRoom(int capacity)
    {
        using NativeBuffer buffer = new(capacity);
        await Assert.That(AddressOf(buffer) % 64).IsEqualTo(0);
        await Assert.That(AddressOf(buffer)).IsNotEqualTo(0);
        await Assert.That(buffer.Free.Length).IsGreaterThanOrEqualTo(capacity);
    }

    [Test]
    [Arguments(40)]
    [Arguments(602_149)]
    [Arguments(NativeBuffer.MaxLength)]
    public async Task EndingAligned_EndsAtACacheLine_AlsoAfterGrowing(int length)
    {
        using NativeBuffer buffer = NativeBuffer.EndingAligned(NativeBuffer.Shells(), length, 16);
        await Assert.That(((long)AddressOf(buffer) + length) % 64).IsEqualTo(0);
        buffer.GetSpan(16)[..16].Fill(7);
        buffer.Advance(16);
        await Assert.That(buffer.TryReserve(Math.Min(length, 1 << 20) - 16)).IsTrue();
        await Assert.That(((long)AddressOf(buffer) + length) % 64).IsEqualTo(0);
        await Assert.That(buffer.Bytes.ToArray()).IsEquivalentTo(Enumerable.Repeat((byte)7, 16));
    }

    [Test]
    public async Task ContentOfTheLargestSize_HasRoomWhateverItsOffset()
    {
        using NativeBuffer buffer = NativeBuffer.EndingAligned(NativeBuffer.Shells(), length: 100, capacity: 16);
        await Assert.That(AddressOf(buffer) % 64).IsNotEqualTo(0);
        buffer.GetSpan(1)[0] = 7;
        buffer.Advance(1);
        await Assert.That(buffer.TryReserve(NativeBuffer.MaxLength - 1)).IsTrue();
        await Assert.That(buffer.Free.Length).IsEqualTo(NativeBuffer.MaxLength - 1);
        await Assert.That(buffer.Bytes[0]).IsEqualTo((byte)7);
        await Assert.That(buffer.TryReserve(NativeBuffer.MaxLength)).IsFalse();
    }

    [Test]
    public async Task View_LiesOverItsPart_AndGrowsElsewhere()
    {
        using NativeBuffer whole = new(256);
        whole.GetSpan(100)[..100].Fill(1);
        whole.Advance(100);
        NativeBuffer view = whole.View(whole.Bytes.Slice(20, 30));
        await Assert.That(AddressOf(view)).IsEqualTo(AddressOf(whole) + 20);
        await Assert.That(view.Length).IsEqualTo(30);
        view.GetSpan(10)[..10].Fill(2);
        view.Advance(10);
        await Assert.That(AddressOf(view)).IsNotEqualTo(AddressOf(whole) + 20);
        await Assert.That(view.Bytes.ToArray()).IsEquivalentTo([.. Enumerable.Repeat((byte)1, 30), .. Enumerable.Repeat((byte)2, 10)], TUnit.Assertions.Enums.CollectionOrdering.Matching);
        view.Dispose();
        await Assert.That(whole.Bytes.ToArray()).IsEquivalentTo(Enumerable.Repeat((byte)1, 100));
    }

    [Test]
    public async Task ContentBeyondTheLimit_IsRefusedWithoutAllocating()
    {
        using NativeBuffer buffer = new();
        await Assert.That(buffer.TryReserve(NativeBuffer.MaxLength + 1L)).IsFalse();
        buffer.Advance(1);
        await Assert.That(buffer.TryReserve(NativeBuffer.MaxLength)).IsFalse();
        await Assert.That(buffer.TryReserve(long.MaxValue)).IsFalse();
        await Assert.That(() => { _ = buffer.GetSpan(NativeBuffer.MaxLength); }).Throws<InsufficientMemoryException>();
        await Assert.That(buffer.TooLarge().Code).IsEqualTo(StatusCode.MessageTooLarge);
    }

    [Test]
    public async Task Disposal_MayBeRepeated()
    {
        NativeBuffer buffer = new();
        buffer.Dispose();
        buffer.Dispose();
        await Assert.That(buffer.Length).IsEqualTo(0);
    }

    [Test]
    public async Task Buffers_ShareNoMemory()
    {
        // Two in use at once after one was given back: the pool must not hand out a block twice.
        new NativeBuffer(5000).Dispose();
        using NativeBuffer first = new(5000);
        using NativeBuffer second = new(5000);
        long distance = Math.Abs(AddressOf(first) - AddressOf(second));
        await Assert.That(distance).IsGreaterThanOrEqualTo(5000);
    }

    private static unsafe long AddressOf(NativeBuffer buffer) => (long)buffer.Address;

    private sealed class Budget(long limit) : BufferBudget
    {
        public long Taken { get; private set; }

        public override void Take(long bytes) => Taken = Taken + bytes <= limit ? Taken + bytes : throw new OvmsException(StatusCode.OutOfMemory);

        public override void Release(long bytes) => Taken -= bytes;
    }
}
