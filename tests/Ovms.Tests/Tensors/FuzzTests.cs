using System.Text;
using System.Text.Json;
using Ovms.Native;
using Ovms.Wire;

namespace Ovms.Tests.Tensors;

/// <summary>Whatever bytes come, a marshaler answers, or the reader of the wire says that they are none of its own.</summary>
public class FuzzTests
{
    private const int Rounds = 3000;

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Servable))]
    public async Task AnyBytesAsContents_NeverBreak(ElementType type)
    {
        Random random = new(7 + (int)type);
        byte[] valid = ContentsOf(type);
        int malformed = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] bytes = i % 2 == 0 ? Noise(random) : Damaged(valid, random);
            try
            {
                Moved moved = Marshaling.Typed(type, bytes, 1 + random.Next(20));
                await Assert.That(moved.Count).IsGreaterThanOrEqualTo(0);
            }
            catch (MalformedProtoException)
            {
                malformed++;
            }
        }

        // Types without a typed form do not look at the bytes.
        await Assert.That(malformed > Rounds / 10).IsEqualTo(!Registry.RawOnly().Contains(type));
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Servable))]
    public async Task AnyBytesAsJson_NeverBreak(ElementType type)
    {
        Random random = new(70 + (int)type);
        byte[] valid = Encoding.UTF8.GetBytes(Registry.Cases().Select(static make => make()).SingleOrDefault(c => c.Type == type)?.Json ?? "[[1,2],[3]]");
        int answered = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] bytes = i % 4 == 0 ? Noise(random) : Damaged(valid, random);
            try
            {
                Marshaling.Json(type, bytes, 1 + random.Next(20));
                answered++;
            }
            catch (JsonException)
            {
            }
        }

        await Assert.That(answered).IsGreaterThan(0);
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Servable))]
    public async Task JsonCutAnywhere_IsNeverTaken(ElementType type)
    {
        if (Registry.RawOnly().Contains(type))
        {
            return;
        }

        byte[] valid = Encoding.UTF8.GetBytes(Registry.Cases().Select(static make => make()).Single(c => c.Type == type).Json);
        for (int length = 1; length < valid.Length; length++)
        {
            await Assert.That(() => Marshaling.Json(type, valid[..length])).Throws<JsonException>().Because(Encoding.UTF8.GetString(valid, 0, length));
        }
    }

    private static byte[] ContentsOf(ElementType type) =>
        Registry.Cases().Select(static make => make()).SingleOrDefault(c => c.Type == type)?.Contents ?? [0x0A, 0x02, 0x01, 0x00];

    private static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 60)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Damaged(byte[] valid, Random random)
    {
        byte[] bytes = valid[..random.Next(1, valid.Length + 1)];
        for (int i = random.Next(4); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }
}
