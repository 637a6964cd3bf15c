using System.Text.Json;
using Ovms.Frontends.Rest.OpenAi;

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
        int[][] lists = TokenPadding.Read(request).Apply([[1, 2, 3], [4]], pad: 0);
        await Assert.That(request.Fault.Detail).IsNull();
        await Assert.That(string.Join('|', lists.Select(static ids => string.Join(' ', ids)))).IsEqualTo(expected);
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

    private static RequestFields Fields(string fields) => new(JsonDocument.Parse($"{{{fields}}}").RootElement);
}
