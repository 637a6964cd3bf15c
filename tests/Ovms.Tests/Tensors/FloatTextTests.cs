using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Tests.Tensors;

/// <summary>Floating-point numbers as text: nearest value in, fewest digits out.</summary>
public class FloatTextTests
{
    [Test]
    [Arguments(ElementType.F16)]
    [Arguments(ElementType.BF16)]
    public async Task EveryValueOfSixteenBits_ReadsBackFromItsText(ElementType type)
    {
        byte[] raw = MemoryMarshal.AsBytes<ushort>([.. Enumerable.Range(0, 65536).Select(static bits => (ushort)bits)]).ToArray();
        (_, string json) = Marshaling.Write(type, raw, 65536);
        ushort[] back = MemoryMarshal.Cast<byte, ushort>(Marshaling.Json(type, json).Raw).ToArray();
        int infinity = type == ElementType.F16 ? 0x7C00 : 0x7F80;
        int[] wrong = Enumerable.Range(0, 65536).Where(bits => (bits & 0x7FFF) > infinity ? (back[bits] & 0x7FFF) <= infinity : back[bits] != bits).ToArray();
        await Assert.That(wrong).IsEmpty();
    }

    [Test]
    public async Task Singles_AreWrittenAsTheLibraryDoes()
    {
        Random random = new(21);
        List<string> wrong = [];
        byte[] text = new byte[JsonFloat.MaxTextLength];
        for (int i = 0; i < 500_000; i++)
        {
            float value = (i % 5) switch
            {
                4 => MathF.ScaleB(1, random.Next(-149, 128)),
                0 => BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32)),
                1 => (float)(random.NextDouble() * Math.Pow(10, random.Next(-16, 9))),
                2 => (float)Math.Round(random.NextDouble() * 100, random.Next(5)),
                _ => -random.Next(1 << 25) / (float)(1 << random.Next(12)),
            };
            string written = Encoding.ASCII.GetString(text, 0, JsonFloat.Format(value, text));
            string expected = value.ToString(CultureInfo.InvariantCulture);
            if (float.IsFinite(value) && written != (expected.AsSpan().ContainsAny('.', 'E') ? expected : expected + ".0"))
            {
                wrong.Add($"{written} for {expected}");
            }
        }

        await Assert.That(wrong).IsEmpty();
    }

    [Test]
    public async Task EveryHalf_IsWrittenAsTheLibraryDoes()
    {
        List<string> wrong = [];
        byte[] text = new byte[JsonFloat.MaxTextLength];
        for (int bits = 0; bits < 65536; bits++)
        {
            Half value = BitConverter.UInt16BitsToHalf((ushort)bits);
            string written = Encoding.ASCII.GetString(text, 0, HalfFormat.Format(value, text));
            string expected = value.ToString(CultureInfo.InvariantCulture);
            if (Half.IsFinite(value) && written != (expected.AsSpan().ContainsAny('.', 'E') ? expected : expected + ".0"))
            {
                wrong.Add($"{written} for {expected}");
            }
        }

        await Assert.That(wrong).IsEmpty();
    }

    [Test]
    public async Task EveryBFloat16_HasTheFewestDigits()
    {
        // One digit less, rounded either way, must be another value.
        List<string> wrong = [];
        byte[] text = new byte[JsonFloat.MaxTextLength];
        for (int bits = 1; bits < 0x7F80; bits++)
        {
            BFloat16 value = new((ushort)bits);
            string written = Encoding.ASCII.GetString(text, 0, BFloat16Format.Format(value, text));
            int digits = written.Split('E')[0].Replace(".", "").Trim('0').Length;
            string fewer = digits > 1 ? ((double)value.ToSingle()).ToString("E" + (digits - 2), CultureInfo.InvariantCulture) : "0";
            if (BFloat16.FromDouble(double.Parse(written, CultureInfo.InvariantCulture)) != value || BFloat16.FromDouble(double.Parse(fewer, CultureInfo.InvariantCulture)) == value)
            {
                wrong.Add(written);
            }
        }

        await Assert.That(wrong).IsEmpty();
    }

    [Test]
    public async Task BFloat16_RoundsToNearestEven()
    {
        // Between each two neighbours: the middle goes to the even one, and a trace more or less decides otherwise.
        List<int> wrong = [];
        for (int bits = 0; bits < 0x7F7F; bits++)
        {
            double low = new BFloat16((ushort)bits).ToSingle();
            double high = new BFloat16((ushort)(bits + 1)).ToSingle();
            double middle = (low + high) / 2;
            int even = bits % 2 == 0 ? bits : bits + 1;
            bool right = BFloat16.FromDouble(middle).Bits == even
                && BFloat16.FromSingle((float)middle).Bits == even
                && BFloat16.FromDouble(-middle).Bits == (even | 0x8000)
                && BFloat16.FromDouble(Math.BitDecrement(middle)).Bits == bits
                && BFloat16.FromDouble(Math.BitIncrement(middle)).Bits == bits + 1;
            if (!right)
            {
                wrong.Add(bits);
            }
        }

        await Assert.That(wrong).IsEmpty();
        await Assert.That(BFloat16.FromSingle(float.MaxValue).Bits).IsEqualTo((ushort)0x7F80);
        await Assert.That(BFloat16.FromSingle(BitConverter.UInt32BitsToSingle(0x7F800001)).Bits & 0x7FFF).IsGreaterThan(0x7F80);
    }

    [Test]
    public async Task DecimalNumber_AgreesWithTheLibrary()
    {
        Random random = new(20);
        List<string> wrong = [];
        for (int i = 0; i < 300_000; i++)
        {
            string text = Number(random);
            byte[] utf8 = Encoding.ASCII.GetBytes(text);
            float single = float.Parse(text, CultureInfo.InvariantCulture);
            double wide = double.Parse(text, CultureInfo.InvariantCulture);
            if (BitConverter.SingleToUInt32Bits(DecimalNumber.ToSingle(Number(utf8))) != BitConverter.SingleToUInt32Bits(single)
                || BitConverter.DoubleToUInt64Bits(DecimalNumber.ToDouble(Number(utf8))) != BitConverter.DoubleToUInt64Bits(wide))
            {
                wrong.Add(text);
            }
        }

        await Assert.That(wrong).IsEmpty();
    }

    [Test]
    [Arguments("0")]
    [Arguments("-0")]
    [Arguments("-0.0e5")]
    [Arguments("1e22")]
    [Arguments("1e23")]
    [Arguments("1E-22")]
    [Arguments("1e+0005")]
    [Arguments("1e-400")]
    [Arguments("1e-99999999999")]
    [Arguments("0.00000000000000000000000000000000000000000000001")]
    [Arguments("16777217")]
    [Arguments("16777216.999999999")]
    [Arguments("9007199254740993")]
    [Arguments("18446744073709551615")]
    [Arguments("340282346638528859811704183484516925440")]
    [Arguments("1.17549435082228750797e-38")]
    [Arguments("1.4012984643248170709e-45")]
    [Arguments("7.0064923216240853546e-46")]
    [Arguments("1.00000005960464477539")]
    [Arguments("1.000000059604644775390625")]
    [Arguments("1.0000000596046448")]
    [Arguments("1.0000001788139343")]
    public async Task DifficultNumbers_AgreeWithTheLibrary(string text)
    {
        byte[] utf8 = Encoding.ASCII.GetBytes(text);
        await Assert.That(BitConverter.SingleToUInt32Bits(DecimalNumber.ToSingle(Number(utf8)))).IsEqualTo(BitConverter.SingleToUInt32Bits(float.Parse(text, CultureInfo.InvariantCulture)));
        await Assert.That(BitConverter.DoubleToUInt64Bits(DecimalNumber.ToDouble(Number(utf8)))).IsEqualTo(BitConverter.DoubleToUInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)));
    }

    /// <summary>A number of JSON: some as programs print singles and doubles, some close to the middle of two singles, some of any digits.</summary>
    private static string Number(Random random)
    {
        switch (random.Next(7))
        {
            case 0:
                return Finite(BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32))).ToString(CultureInfo.InvariantCulture);
            case 1:
                return ((double)Finite(BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32)))).ToString(CultureInfo.InvariantCulture);
            case 2:
                float low = (float)(random.NextDouble() * Math.Pow(10, random.Next(-8, 9)));
                return (((double)low + MathF.BitIncrement(low)) / 2).ToString("G" + random.Next(15, 22), CultureInfo.InvariantCulture);
            case 3:
                return (random.NextDouble() * 2 - 1).ToString("F" + random.Next(1, 12), CultureInfo.InvariantCulture);
            case 4:
                // 17 to 20 digits around the middle of two doubles.
                double near = random.NextDouble() * Math.Pow(10, random.Next(-9, 19));
                decimal middle = ((decimal)near + (decimal)Math.BitIncrement(near)) / 2;
                return random.Next(2) == 0 ? middle.ToString(CultureInfo.InvariantCulture) : near.ToString("E" + random.Next(15, 21), CultureInfo.InvariantCulture);
            case 5:
                return $"0.{new string('0', random.Next(25))}{random.NextInt64(1, long.MaxValue) >> random.Next(40)}";
            default:
                StringBuilder text = new(random.Next(2) == 0 ? "-" : "");
                text.Append(random.NextInt64(long.MaxValue) >> random.Next(63));
                text.Append(random.Next(2) == 0 ? "" : $".{random.NextInt64(long.MaxValue) >> random.Next(63)}");
                text.Append(random.Next(2) == 0 ? "" : $"e{random.Next(-50, 51)}");
                return text.ToString();
        }
    }

    private static float Finite(float value) => float.IsFinite(value) ? value : 1;

    private static JsonNumber Number(byte[] text) => JsonNumber.TryRead(text, 0, out JsonNumber number) && number.Text.Length == text.Length
        ? number
        : throw new InvalidOperationException($"{Encoding.UTF8.GetString(text)} is a number.");
}
