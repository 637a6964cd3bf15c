using System.Text.Json;
using Ovms.Frontends.Rest.OpenAi;
using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>Lists of ids are cut and filled up as tokenize's fields say.</summary>
public class TokenPaddingTests
{
    [Test]
    [Arguments("", "1 2 3|4")]
    [Arguments("\"max_length\":2", "1 2|4")]
    [Arguments("\"max_length\":9", "1 2 3|4")]
    [Arguments("\"pad_to_max_length\":true", "1 2 3|4 0 0")]
    [Arguments("\"pad_to_max_length\":true,\"padding_side\":\"left\"", "1 2 3|0 0 4")]
    [Arguments("\"pad_to_max_length\":true,\"padding_side\":\"right\",\"max_length\":2", "1 2|4 0")]
    [Arguments("\"pad_to_max_length\":true,\"padding_side\":\"left\",\"max_length\":4", "0 1 2 3|0 0 0 4")]
    [Arguments("\"pad_to_max_length\":false,\"max_length\":4", "1 2 3|4")]
    [Arguments("\"max_length\":null,\"pad_to_max_length\":null,\"padding_side\":null", "1 2 3|4")]
    [Arguments("\"max_length\":1048576", "1 2 3|4")]
    public async Task Lists_AreCutAndFilledUp(string fields, string expected)
    {
        RequestFields request = Fields(fields);
        TokenPadding padding = TokenPadding.Read(request);
        TokenLists lists = padding.Fill([padding.Cut([1, 2, 3]), padding.Cut([4])], pad: 0);
        await Assert.That(request.Fault.Detail).IsNull();
        await Assert.That(TextOf(lists)).IsEqualTo($"[[{expected.Replace(' ', ',').Replace("|", "],[", StringComparison.Ordinal)}]]");
        await Assert.That(lists.Bytes).IsEqualTo(TextOf(lists).Length);
        await Assert.That(lists.Count).IsEqualTo(expected.Split(' ', '|').Length);
    }

    [Test]
    [Arguments("1048576,0,-1", 12, 77)]
    [Arguments("", 2, 100)]
    [Arguments("", 0, 0)]
    public async Task OneList_IsAnArray_WhoseSizeIsKnownBefore(string ids, int length, int pad)
    {
        int[] list = [.. ids.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        TokenLists lists = new([list], length, pad, IsLeft: false);
        string text = TextOf(lists);
        await Assert.That(JsonDocument.Parse(text).RootElement.GetArrayLength()).IsEqualTo(Math.Max(list.Length, length));
        await Assert.That(lists.Bytes).IsEqualTo(text.Length);
    }

    [Test]
    public async Task HugeAnswer_IsCountedWithoutBeingMade()
    {
        TokenLists lists = new([.. Enumerable.Range(0, 1024).Select(static _ => new[] { 7 })], 4 << 20, 49151, IsLeft: true);
        await Assert.That(lists.Count).IsEqualTo(1024L * (4 << 20));
        await Assert.That(lists.Bytes).IsEqualTo(2 + 1023 + (1024L * (2 + 1 + (6L * ((4 << 20) - 1)))));
    }

    [Test]
    public async Task CallerThatLeft_EndsTheWork()
    {
        using NativeBuffer buffer = new();
        TokenLists lists = new([[7], [7]], 1 << 20, 1, IsLeft: true);
        await Assert.That(lists.TryWrite(buffer, new CancellationToken(canceled: true))).IsFalse();
        await Assert.That(buffer.Length).IsLessThan(16);
    }

    [Test]
    [Arguments("\"max_length\":0", "max_length should be greater than 0")]
    [Arguments("\"max_length\":-1", "max_length should be unsigned integer")]
    [Arguments("\"max_length\":1.5", "max_length should be unsigned integer")]
    [Arguments("\"max_length\":\"7\"", "max_length should be unsigned integer")]
    [Arguments("\"max_length\":1048577", "max_length can't be greater than 1048576")]
    [Arguments("\"max_length\":1e25", "max_length can't be greater than 1048576")]
    [Arguments("\"pad_to_max_length\":1", "pad_to_max_length should be true or false")]
    [Arguments("\"padding_side\":\"middle\"", "padding_side should be either left or right")]
    [Arguments("\"padding_side\":1", "padding_side should be either left or right")]
    [Arguments("\"padding_side\":1,\"max_length\":0", "max_length should be greater than 0")]
    public async Task WrongField_IsRefused(string fields, string expected)
    {
        RequestFields request = Fields(fields);
        TokenPadding.Read(request);
        await Assert.That(request.Fault.Detail).IsEqualTo(expected);
    }

    private static string TextOf(TokenLists lists)
    {
        using NativeBuffer buffer = new();
        lists.TryWrite(buffer, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(buffer.Bytes);
    }

    private static RequestFields Fields(string fields) => new(JsonDocument.Parse($"{{{fields}}}").RootElement);
}
