using System.Text;
using Ovms.Frontends.Rest.Json;

namespace Ovms.Tests.Frontends.Rest.Json;

internal sealed class ArrayNestingTests
{
    [Test]
    [Arguments("5")]
    [Arguments("\"[[\"")]
    [Arguments("[]")]
    [Arguments("[1,2,3]")]
    [Arguments("[[1,2],[3,4]]")]
    [Arguments(" [ [ 1 , 2 ] ,\n\t[ 3 , 4 ]\r\n]")]
    [Arguments("[[[1]],[[2]],[[3]]]")]
    [Arguments("[[],[]]")]
    [Arguments("[[true,false],[false,true]]")]
    [Arguments("[[\"a[\",\"]\"],[\"\\\"[\",\"\\\\\"]]")]
    public async Task Tensor_HasNoFault(string json) => await Assert.That(ArrayNesting.FindFault(Encoding.UTF8.GetBytes(json))).IsNull();

    [Test]
    [Arguments("[[1,2],[3]]", "Expected: 2 values in each array of level 2, as in the first; Actual: 1")]
    [Arguments("[[1],[2,3]]", "Actual: 2")]
    [Arguments("[[],[1]]", "Expected: 0")]
    [Arguments("[[[1,2]],[[3]]]", "level 3")]
    [Arguments("[1,[2]]", "level 1 hold arrays and single values")]
    [Arguments("[[1],2]", "level 1 hold arrays and single values")]
    [Arguments("[[1],[[2]]]", "level 2 hold arrays and single values")]
    [Arguments("[[\"a,b\"],[\"a\",\"b\"]]", "Expected: 1 values")]
    public async Task Ragged_IsTold(string json, string expected) => await Assert.That(ArrayNesting.FindFault(Encoding.UTF8.GetBytes(json))).Contains(expected);
}
