using System.Text.Json;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Tests.Tensors;

/// <summary>Edge values of every element type through every form, whole and in pieces.</summary>
public class RoundTripTests
{
    private static readonly int[] s_pieceLengths = [int.MaxValue, 1, 2, 3, 7, 64];

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Cases))]
    public async Task TypedContents_BecomeRaw(ElementCase @case)
    {
        foreach (int length in s_pieceLengths)
        {
            Moved moved = Marshaling.Typed(@case.Type, @case.Contents, length);
            await Assert.That(moved.Outcome.Text).IsEqualTo("OK");
            await Assert.That(moved.Raw.AsSpan().SequenceEqual(@case.Raw)).IsTrue().Because($"{Convert.ToHexString(moved.Raw)} came, in pieces of {length}");
            await Assert.That(moved.Count).IsEqualTo(@case.Count);
        }
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Cases))]
    public async Task TypedContentsTwice_AreAppended(ElementCase @case)
    {
        Moved moved = Marshaling.Typed(@case.Type, [.. @case.Contents, .. @case.Contents]);
        await Assert.That(moved.Outcome.Text).IsEqualTo("OK");
        await Assert.That(Convert.ToHexString(moved.Raw)).IsEqualTo(Convert.ToHexString([.. @case.Raw, .. @case.Raw]));
        await Assert.That(moved.Count).IsEqualTo(2 * @case.Count);
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Cases))]
    public async Task Json_BecomesRaw(ElementCase @case)
    {
        foreach (int length in s_pieceLengths)
        {
            Moved moved = Marshaling.Json(@case.Type, @case.Json, length);
            await Assert.That(moved.Outcome.Text).IsEqualTo("OK");
            await Assert.That(moved.Raw.AsSpan().SequenceEqual(@case.Raw)).IsTrue().Because($"{Convert.ToHexString(moved.Raw)} came, in pieces of {length}");
            await Assert.That(moved.Count).IsEqualTo(@case.Count);
        }
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Cases))]
    public async Task NestedJson_IsFlattened(ElementCase @case)
    {
        Moved moved = Marshaling.Json(@case.Type, $"[[{@case.Json}],[],[{@case.Json}]]");
        await Assert.That(moved.Outcome.Text).IsEqualTo("OK");
        await Assert.That(Convert.ToHexString(moved.Raw)).IsEqualTo(Convert.ToHexString([.. @case.Raw, .. @case.Raw]));
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Cases))]
    public async Task Raw_BecomesJson(ElementCase @case)
    {
        (Outcome outcome, string json) = Marshaling.Write(@case.Type, @case.Raw, @case.Count);
        await Assert.That(outcome.Text).IsEqualTo("OK");
        await Assert.That(json).IsEqualTo(@case.Json);
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Cases))]
    public async Task ManyElements_AreWrittenAcrossBuffers(ElementCase @case)
    {
        const int Times = 3000;
        byte[] raw = Enumerable.Repeat(@case.Raw, Times).SelectMany(static bytes => bytes).ToArray();
        (Outcome outcome, string json) = Marshaling.Write(@case.Type, raw, Times * @case.Count);
        await Assert.That(outcome.IsOk).IsTrue();
        Moved back = Marshaling.Json(@case.Type, json);
        await Assert.That(back.Outcome.Text).IsEqualTo("OK");
        await Assert.That(back.Raw.AsSpan().SequenceEqual(raw)).IsTrue();
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Cases))]
    public async Task NoElements_AreAnEmptyArray(ElementCase @case)
    {
        (Outcome outcome, string json) = Marshaling.Write(@case.Type, [], 0);
        await Assert.That(outcome.IsOk).IsTrue();
        await Assert.That(json).IsEqualTo("[]");
        await Assert.That(Marshaling.Json(@case.Type, "[]")).IsEquivalentTo(new Moved(Outcome.Ok, [], 0));
        await Assert.That(Marshaling.Typed(@case.Type, []).Count).IsEqualTo(0);
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Cases))]
    public async Task Json_StopsOnTheLastToken(ElementCase @case)
    {
        // What follows the value belongs to the reader of the document.
        Moved moved = Marshaling.Json(@case.Type, @case.Json + " ");
        await Assert.That(moved.Outcome.IsOk).IsTrue();
        string element = JsonDocument.Parse(@case.Json).RootElement[0].GetRawText();
        await Assert.That(Marshaling.Json(@case.Type, element).Count).IsEqualTo(1);
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.RawOnly))]
    public async Task PackedTypes_HaveOnlyRawForm(ElementType type)
    {
        await Assert.That(Marshaling.Typed(type, []).Outcome.Text).StartsWith($"Invalid input precision - {type.ToString().ToUpperInvariant()} has no typed form");
        await Assert.That(Marshaling.Json(type, "[1]").Outcome.Text).StartsWith($"Could not parse input content. Unsupported data precision detected - {type.ToString().ToUpperInvariant()} has no JSON form");
        (Outcome written, string json) = Marshaling.Write(type, [], 0);
        await Assert.That(written.Code).IsEqualTo(StatusCode.RestUnsupportedPrecision);
        await Assert.That(json).IsEmpty();
    }
}
