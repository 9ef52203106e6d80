import com.datadog.api.client.ApiClient;
import com.datadog.api.client.ApiException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The newest release at Maven Central has no function yet for revoking a personal access token. So this is what its
 * functions do: they name the operation, its path and its authentication, and leave the request to the ApiClient.
 */
public class Revoke {
  public static void main(String[] args) throws ApiException {
    // With DD_API_KEY and DD_APP_KEY.
    ApiClient client = ApiClient.getDefaultApiClient();
    client.setServerIndex(1);
    client.setServerVariables(Map.of("protocol", "http", "name", System.getenv("RECORDER")));

    String path = "/api/v2/personal_access_tokens/" + client.escapeString(System.getenv("TOKEN_ID"));
    var request =
        client.createBuilder(
            "v2.KeyManagementApi.revokePersonalAccessToken",
            path,
            List.of(),
            new HashMap<>(),
            new HashMap<>(),
            new String[] {"*/*"},
            new String[] {"apiKeyAuth", "appKeyAuth"});
    client.invokeAPI("DELETE", request, new HashMap<>(), new String[] {}, null, new HashMap<>(), false, null);
  }
}
