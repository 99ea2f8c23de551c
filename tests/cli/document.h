/* JSON, read with a JSON library. */
#ifndef MCPI_TESTS_CLI_DOCUMENT_H
#define MCPI_TESTS_CLI_DOCUMENT_H

#include <json-c/json.h>

#include <sstream>
#include <string>
#include <vector>

/* A parsed document, and what lies at a path like "devices.0.name" in it. */
class Document
{
  public:
    explicit Document(const std::string &text)
    {
        json_tokener *tokener = json_tokener_new();
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
        root = json_tokener_parse_ex(tokener, text.c_str(), static_cast<int>(text.size()));
        json_tokener_free(tokener);
    }
    ~Document()
    {
        json_object_put(root);
    }
    Document(const Document &) = delete;
    Document &operator=(const Document &) = delete;

    bool has(const char *path) const
    {
        return !find(path).empty();
    }
    json_object *at(const char *path) const
    {
        const std::vector<json_object *> found = find(path);
        return found.empty() ? nullptr : found.back();
    }
    json_object *root = nullptr;

  private:
    std::vector<json_object *> find(const char *path) const
    {
        std::vector<json_object *> found = {root};
        std::stringstream parts(path);
        for (std::string part; std::getline(parts, part, '.');) {
            json_object *next = nullptr;
            if (json_object_is_type(found.back(), json_type_array))
                next = json_object_array_get_idx(found.back(), std::stoul(part));
            else if (!json_object_object_get_ex(found.back(), part.c_str(), &next))
                return {};
            found.push_back(next);
        }
        return found;
    }
};

#endif
