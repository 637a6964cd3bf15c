using Ovms.Wire;

namespace Ovms.Tests.Wire;

public sealed class ProtoStartTests
{
    [Test]
    [Arguments("", 1, "Incomplete")]
    [Arguments("0A", 1, "Incomplete")]
    [Arguments("0A03", 1, "Incomplete")]
    [Arguments("0A036162", 1, "Incomplete")]
    [Arguments("0A03616263", 1, "Whole 2..5")]
    [Arguments("0A00", 1, "Whole 2..2")]
    [Arguments("0A03616263", 2, "Other")]
    [Arguments("0801", 1, "Other")]
    [Arguments("0A80", 1, "Incomplete")]
    [Arguments("0A8000", 1, "Whole 3..3")]
    [Arguments("0A65", 1, "Other")]
    [Arguments("0A80808001", 1, "Other")]
    [Arguments("0A8080808080808080808080", 1, "Other")]
    public async Task Field_IsWholeOrIncompleteOrAnother(string hex, int field, string expected)
    {
        ProtoStart start = new(Convert.FromHexString(hex));
        FieldStart read = start.TryRead(field, longest: 100, out Range value);
        string found = read == FieldStart.Whole ? $"{read} {value}" : $"{read}";
        await Assert.That(found).IsEqualTo(expected);
    }

    [Test]
    public async Task Fields_AreReadInOrder_AndAnotherOneIsNotPassed()
    {
        ProtoStart start = new([0x0A, 1, (byte)'a', 0x12, 1, (byte)'b']);
        (FieldStart first, FieldStart wrong, FieldStart second, FieldStart end) =
            (start.TryRead(1, 9, out _), start.TryRead(3, 9, out _), start.TryRead(2, 9, out _), start.TryRead(3, 9, out _));
        await Assert.That($"{first} {wrong} {second} {end}").IsEqualTo("Whole Other Whole Incomplete");
    }
}
